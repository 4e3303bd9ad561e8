"""The plan's requirements: what each comes to in one run, against target and deadline; one module a group of them."""
