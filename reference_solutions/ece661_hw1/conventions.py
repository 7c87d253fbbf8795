"""Other right answers: the mean squared error as 1/K times the sum, where the lecture has 1/(2K)."""

from __future__ import annotations

import lms
import numpy as np

_data = lms.load()
mse_wiener_mean = 2.0 * lms.mse(_data, lms.wiener(_data))
mse_lms_mean = 2.0 * lms.run(_data, 0.01).curve
mse_rates_mean = 2.0 * np.array([lms.run(_data, rate).curve for rate in (0.005, 0.01, 0.05, 0.5)])
