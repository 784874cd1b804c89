"""One person's data as a package: out of this register, and into another (art. 20; O01-O04).

What stands in it comes from the declarations, as the copy of data and the erasure do.
"""

from register.portability.opening import Package, UnusablePackage, open_package
from register.portability.packing import pack
from register.portability.taking_in import TakenIn, take_in

__all__ = ["Package", "TakenIn", "UnusablePackage", "open_package", "pack", "take_in"]
