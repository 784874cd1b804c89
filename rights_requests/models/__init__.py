"""What is asked and answered: requests, the rights in them, links, letters and certificates."""

from rights_requests.models.counters import Counted, Counter, next_number
from rights_requests.models.decisions import (
    Certificate,
    CertificateIsFinal,
    ReasonsMissing,
    Report,
    ReportPart,
)
from rights_requests.models.deputies import Deputy
from rights_requests.models.doubts import ABOUT_DATA, EVIDENCE, Doubt, DoubtReason, Means
from rights_requests.models.items import OUTCOMES, Item, ItemKind, Outcome
from rights_requests.models.letters import Letter, LetterIsFinal, LetterKind, Medium
from rights_requests.models.links import Link, LinkPurpose
from rights_requests.models.mandates import Mandate, Spoken
from rights_requests.models.masks import LIMITS, Handover, Mask, MaskReason
from rights_requests.models.notifications import Deed, Excuse, Notification
from rights_requests.models.probes import Probe
from rights_requests.models.requests import (
    OFFERED,
    OFFERED_CHOICES,
    OWN_WORDS,
    Demand,
    ExtensionCause,
    Proof,
    RightsRequest,
)
from rights_requests.models.scans import Scan
from rights_requests.models.weighings import Weighing

__all__ = [
    "ABOUT_DATA",
    "EVIDENCE",
    "LIMITS",
    "OFFERED",
    "OFFERED_CHOICES",
    "OUTCOMES",
    "OWN_WORDS",
    "Certificate",
    "CertificateIsFinal",
    "Counted",
    "Counter",
    "Deed",
    "Demand",
    "Deputy",
    "Doubt",
    "DoubtReason",
    "Excuse",
    "ExtensionCause",
    "Handover",
    "Item",
    "ItemKind",
    "Letter",
    "LetterIsFinal",
    "LetterKind",
    "Link",
    "LinkPurpose",
    "Mandate",
    "Mask",
    "MaskReason",
    "Means",
    "Medium",
    "Notification",
    "Outcome",
    "Probe",
    "Proof",
    "ReasonsMissing",
    "Report",
    "ReportPart",
    "RightsRequest",
    "Scan",
    "Spoken",
    "Weighing",
    "next_number",
]
