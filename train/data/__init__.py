"""Pictures for training: prepared, stored, aged, cut into batches."""
