// A token that was wrong need not stand in the address bar.

history.replaceState(null, "", location.pathname);
