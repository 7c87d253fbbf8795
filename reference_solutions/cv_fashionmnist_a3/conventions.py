"""Other right answers: the mean of the gradient's entries without their signs."""

from __future__ import annotations

import fashion
from gradients import mean_size_of_all, step_means

mean_gradients_without_signs = step_means(fashion.load(), {"size": mean_size_of_all})["size"]
