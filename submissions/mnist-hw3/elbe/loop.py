import torch
import torch.nn as nn
import torch.optim as optim


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Linear(784, 24), nn.Linear(24, 784)

    def forward(self, x):
        return torch.sigmoid(self.up(torch.relu(self.down(x))))


def learn(train_loader):
    model = Autoencoder()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    loss_fn = nn.BCELoss()  # (a)
    for epoch in range(10):
        model = model.train(mode=True)  # (b)
        for images, _ in train_loader:
            x = torch.flatten(images, start_dim=1)  # (c)
            x_hat = model(x)
            loss = loss_fn(x_hat, x)  # (d)
            model.zero_grad(set_to_none=False)  # (e)
            loss.backward()  # (f)
            optimizer.step()  # (g)
    return model
