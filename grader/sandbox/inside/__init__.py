"""All that runs inside the box. Imports itself, the standard library, IPython and, where present, numpy, torch and matplotlib."""
