"""How long models take, how soon they are ready, and how much memory they need."""
