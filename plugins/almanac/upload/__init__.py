"""Publishing to a folder or to object storage: only what changed is sent, in an order that no reader can notice."""

from almanac.upload.run import Sent, upload
from almanac.upload.targets import UploadError

__all__ = ["Sent", "UploadError", "upload"]
