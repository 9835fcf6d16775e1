"""Archives of millions of photos: found, shared out, coloured, and a ledger of what became of each.

It needs fsspec and pyarrow, the extra `tintlite[bulk]`; on a cluster also Ray, `tintlite[ray]`.
"""
