"""What is promised: the notice, its sections in the controller's words, its clauses in ours."""

from notices.models.notice import Notice, NoticeIsFinal, governing_notice, locked
from notices.models.parts import Clause, PartOfAnother, Rendering, Section, SetAside

__all__ = [
    "Clause",
    "Notice",
    "NoticeIsFinal",
    "PartOfAnother",
    "Rendering",
    "Section",
    "SetAside",
    "governing_notice",
    "locked",
]
