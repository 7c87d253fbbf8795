"""Lab 1: least squares and LMS."""
import matplotlib.pyplot as plt
import numpy as np
from scipy.io import loadmat


class LinearModel:
    def __init__(self, path="dataset.mat"):
        data = loadmat(path)
        self.inputs, self.targets = data["X"], data["D"].ravel()

    def error(self, weights):
        residual = self.targets - self.inputs @ weights
        return np.mean(residual**2) / 2

    def wiener(self):
        return np.linalg.lstsq(self.inputs, self.targets, rcond=None)[0]

    def lms(self, rate, epochs=20):
        weights, errors = np.zeros(self.inputs.shape[1]), []
        for _ in range(epochs):
            for x, d in zip(self.inputs, self.targets):
                weights = weights + rate * (d - x @ weights) * x
            errors.append(self.error(weights))
        return weights, errors


model = LinearModel()
W_star = model.wiener()
mse_star = model.error(W_star)

lms_weights, mse_history = model.lms(0.01)
fig_lms, axes = plt.subplots()
axes.plot(np.arange(1, 21), mse_history, "o-")
axes.set(yscale="log", xlabel="Epoch", ylabel="MSE", title="r = 0.01")

fig_3d, axes = plt.subplots(subplot_kw={"projection": "3d"})
axes.scatter(model.inputs[:, 1], model.inputs[:, 2], model.targets, color="grey")
along = np.array([-2.5, 2.5])
axes.plot(along, along, W_star[0] + along * (W_star[1] + W_star[2]), label="least squares")
axes.plot(along, along, lms_weights[0] + along * (lms_weights[1] + lms_weights[2]), ":", label="LMS")
axes.legend()

runs = {rate: model.lms(rate)[1] for rate in (0.005, 0.01, 0.05, 0.5)}
mse_by_rate = np.array(list(runs.values()))
fig_1d, axes = plt.subplots()
axes.semilogy(np.arange(1, 21), mse_by_rate.T, label=[f"r = {rate}" for rate in runs])
axes.set(xlabel="Epoch", ylabel="MSE")
axes.legend()
mse_large = model.lms(1)[1]
