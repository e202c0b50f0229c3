"""Pictures and other forms in which work leaves gradviz: one file a format, one table EXPORTERS."""

from gradviz.export.formats import EXPORTERS, Exporter, Options, export

__all__ = ["EXPORTERS", "Exporter", "Options", "export"]
