"""Reference solution of the third homework on MNIST: every value a check compares."""

from __future__ import annotations

import conventions
import losses
import mistakes
import relations
import torch
from autoencoder import compared, flattened, mean_squared_error, training_modes, updated
from classifier import Classifier, multiplications, parameters, predict
from figures import loss_curve
from given import BATCH, EPOCHS, LABEL, PROBABILITIES, RATE, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS
from idx import load_idx
from torch import nn

__all__ = [
    "compared",
    "conventions",
    "flattened",
    "mean_squared_error",
    "mistakes",
    "relations",
    "training_modes",
    "updated",
]

# 1
ce_1a = losses.cross_entropy(PROBABILITIES, LABEL)
dmse_1b = losses.slope(losses.squared_errors)
dce_1b = losses.slope(losses.cross_entropy_of)

# 4B
# unmutated: an axis of length 1 may stand anywhere
X_train, X_test = (torch.tensor(load_idx(name) / 255.0).float().unsqueeze(1) for name in (TRAIN_IMAGES, TEST_IMAGES))
y_train, y_test = (torch.tensor(load_idx(name)).long() for name in (TRAIN_LABELS, TEST_LABELS))

# 4C
parameters_4 = parameters(Classifier())
macs_4 = multiplications(Classifier())

# 4D
torch.manual_seed(0)  # unmutated: any random numbers will do
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
losses_4 = []
for _ in range(EPOCHS):
    batches = torch.randperm(len(X_train)).split(BATCH)
    epoch = 0.0
    for batch in batches:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X_train[batch]), y_train[batch])
        loss.backward()
        optimizer.step()
        epoch += loss.item() / len(batches)
    losses_4.append(epoch)
fig_losses = loss_curve(losses_4)
torch.save(model.state_dict(), "mnist.pt")

# 4E
predictions_4 = predict(model, X_test)
accuracy_4 = (predictions_4 == y_test).float().mean().item()
