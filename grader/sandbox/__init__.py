"""The box: isolated processes in which submissions run, and the wire to them."""
