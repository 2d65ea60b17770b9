"""How many nodes an amount of sound needs: a simulation, and what it is fed with."""
