import torch
import torch.nn as nn
import torch.optim as optim
import matplotlib.pyplot as plt

A_2_1 = torch.rand(3, 3)
B_2_1 = torch.rand(3, 3)
addition = A_2_1 + B_2_1
subtraction = A_2_1 - B_2_1
ele_multiplication = A_2_1 * B_2_1
mat_multiplication = B_2_1 @ A_2_1

A_2_2 = torch.rand(4, 6)
A_reshaped = A_2_2.reshape(24)
A_subset = A_2_2[1:5, 1:3]

A_2_3 = torch.rand(3, 3, requires_grad=True)
C_2_3 = A_2_3 * torch.tensor([[1.0, 0.0, 2.0], [1.0, 1.0, 0.0], [0.0, 3.0, 1.0]])
S_2_3 = C_2_3.sum()
S_2_3.backward(retain_graph=True)
print("gradient:", A_2_3.grad)
S_2_3.backward()


class MLP(nn.Module):
    def __init__(self, n_layers=16, n_hidden=64):
        super().__init__()
        layers = [nn.Linear(20, n_hidden)]
        for _ in range(14):  # 14 hidden-to-hidden layers
            layers.append(nn.Linear(n_hidden, n_hidden))
        layers.append(nn.Linear(n_hidden, 1))
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


def train(lr=0.01, **settings):
    torch.manual_seed(0)
    x, y = torch.randn(32, 20), torch.randn(32, 1)
    net = MLP(**settings)
    opt = optim.SGD(net.parameters(), lr=lr)
    result = torch.zeros(len(net.layers))
    for _ in range(10):
        opt.zero_grad()
        nn.MSELoss()(net(x), y).backward()
        result += torch.stack([layer.weight.grad.abs().mean() for layer in net.layers]) / 10
        opt.step()
    return result.tolist()


gradients = {
    "base": train(),
    "shallow": train(n_layers=4),
    "wide": train(n_hidden=512),
    "slow": train(lr=0.0001),
}
fig_gradients, axes = plt.subplots()
for values in gradients.values():
    axes.plot(values)
axes.set_xlabel("layer")
axes.set_ylabel("gradient")


class SimpleLinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1)

    def forward(self, x):
        return self.fc(x)


torch.manual_seed(42)
model = SimpleLinear()
x = torch.linspace(-2, 2, 256).unsqueeze(1)
y = 3 * x + 0.7 + 0.2 * torch.randn_like(x)
optimizer = optim.SGD(model.parameters(), lr=0.05)
loss = nn.MSELoss()(model(x), y)
loss.backward()
optimizer.step()
loss_2_5 = loss.item()
w_2_5 = model.fc.weight.item()
b_2_5 = model.fc.bias.item()
torch.save(model.state_dict(), "weights.pt")
model.load_state_dict(torch.load("weights.pt"))
test_x = torch.tensor([-1.5, 0.0, 1.5])
predictions_2_5 = 3 * test_x + 0.7
