import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch

from training import mlp, train

torch.manual_seed(11)
SIZES = (784, 256, 512, 10)
LR = [1.0, 0.1, 0.01, 0.001]
short = {lr: train(mlp(*SIZES), lr, 10) for lr in LR}
results_1_1 = pd.DataFrame(
    {"lr": LR, "train loss": [short[lr][0][-1] for lr in LR], "test accuracy (%)": [short[lr][1][-1] for lr in LR]}
)
losses_1_1 = {str(lr): short[lr][0] for lr in LR}
best_lr = np.float64(results_1_1.lr[results_1_1["test accuracy (%)"].idxmax()])

long_runs = {lr: train(mlp(*SIZES), lr, epochs) for lr, epochs in zip(LR, (5, 12, 15, 15))}
histories_1_2 = {lr: run[1] for lr, run in long_runs.items()}
results_1_2 = [[lr, histories_1_2[lr][-1], len(histories_1_2[lr])] for lr in LR]

for key, runs in (("fig_1_1", short), ("fig_1_2", long_runs)):
    figure = plt.figure()
    for lr in LR:
        plt.plot(runs[lr][0], label=str(lr))
    plt.xlabel("Epoch")
    plt.ylabel("Cross-entropy")
    plt.legend()
    globals()[key] = figure
