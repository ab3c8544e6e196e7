"""The numbers of the advisory locks that several modules take: any numbers that nothing else here uses."""

PURGE = 0x70757267  # "purg": one purge at a time, for as long as it runs
HOLD = (
    0x686F6C64  # "hold": batches and erasures share it; whoever writes a hold or a restriction has it alone
)
JOURNAL = 0x6A6F7572  # "jour": one line of the journal of erasures at a time
PROMISES = 0x70726F6D  # "prom": what a look at the promises found is kept by one at a time
