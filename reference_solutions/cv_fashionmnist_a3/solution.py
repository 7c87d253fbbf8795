"""Reference solution of the third computer vision assignment: learning rates and sizes of networks on FashionMNIST."""

from __future__ import annotations

import conventions
import fashion
import gradients
import mistakes
import networks
import rules
import torch
import training
from figures import curves
from given import BASE, DEEPER, EPOCHS, RATES, WIDER
from networks import Base, Deeper, Wider

__all__ = ["conventions", "mistakes", "rules"]

LONGEST, STRUCTURE_EPOCHS = 15, 2  # unmutated: of the student's choice
"""Epochs of the longest training; epochs that each of the three networks is trained."""

data, test = fashion.load(), fashion.load(train=False)
torch.manual_seed(3)  # unmutated: any random numbers will do

# 1.1
histories = {rate: training.train(Base(), rate, LONGEST, data, test) for rate in RATES}
# unmutated: the table does not show which epoch it tells of
results_1_1 = {rate: history.accuracies[EPOCHS - 1] for rate, history in histories.items()}
losses_1_1 = {rate: history.losses[:EPOCHS] for rate, history in histories.items()}
best_rate = max(results_1_1, key=lambda rate: results_1_1[rate])
fig_1_1 = curves({f"rate {rate:g}": losses for rate, losses in losses_1_1.items()}, "epoch", "training loss", "Ten epochs")

# 1.2
histories_1_2 = {rate: history.accuracies for rate, history in histories.items()}
epochs = {rate: training.converged_epoch(accuracies) for rate, accuracies in histories_1_2.items()}
results_1_2 = {rate: (accuracies[epochs[rate] - 1], epochs[rate]) for rate, accuracies in histories_1_2.items()}
fig_1_2 = curves(
    {f"rate {rate:g}": history.losses for rate, history in histories.items()}, "epoch", "training loss", "Until converged"
)

# 1.4
structures = {"base": Base, "deeper": Deeper, "wider": Wider}
# unmutated: a rate and epochs of the student's choice
trained = {name: training.train(structure(), 0.1, STRUCTURE_EPOCHS, data, test) for name, structure in structures.items()}
accuracies_1_4 = {name: history.accuracies[-1] for name, history in trained.items()}  # unmutated: after two epochs, [1] is [-1]
parameters_base, parameters_deeper, parameters_wider = map(networks.total, (BASE, DEEPER, WIDER))
fig_1_4 = curves({name: history.losses for name, history in trained.items()}, "epoch", "training loss", "Three structures")

# 1.4 (b)
layers_1_4 = networks.parameter_rows(BASE)

# 1.7
mean_gradients = gradients.step_means(data, {"mean": gradients.mean_of_all})["mean"]
gradients_fall = rules.sizes_fall(mean_gradients)
fig_1_7 = curves({"base, rate 0.01": mean_gradients}, "step", "mean of the gradient", "The first 100 steps")
