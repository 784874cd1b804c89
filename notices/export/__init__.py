"""The notice in force as files, for a firm whose web site is elsewhere.

files_of(notice)             the pages and the papers, by file name
write_into(folder, files)    puts files into a folder, beside whatever else is there
"""

from notices.export.folder import ForeignFiles, write_into
from notices.export.pages import files_of, languages_of

__all__ = ["ForeignFiles", "files_of", "languages_of", "write_into"]
