"""The first of a month is "1er": what "S" puts there is in :mod:`softnlabs.formats.ordinals`."""

DATE_FORMAT = "jS F Y"
DATETIME_FORMAT = "jS F Y à H:i"
MONTH_DAY_FORMAT = "jS F"
