"""Staff pages of the notice."""

from notices.admin.notice import NoticeAdmin
from notices.admin.sections import SectionAdmin

__all__ = ["NoticeAdmin", "SectionAdmin"]
