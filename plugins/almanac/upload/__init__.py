"""Publishing to a folder or to object storage: only what changed is sent, in an order that no reader can notice."""

from almanac.upload.run import UploadCounts, upload
from almanac.upload.targets import UploadError
