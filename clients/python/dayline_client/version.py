"""The version of this package: that of the Dayline release that it is made with."""

__version__ = "0.2.0"
