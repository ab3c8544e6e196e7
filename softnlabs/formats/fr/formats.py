"""The first of a month is "1er": see `softnlabs.formats.ordinals` for "S"."""

DATE_FORMAT = "jS F Y"
DATETIME_FORMAT = "jS F Y à H:i"
MONTH_DAY_FORMAT = "jS F"
