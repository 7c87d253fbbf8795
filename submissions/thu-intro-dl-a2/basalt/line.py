import numpy as np
import torch

torch.manual_seed(42)
inputs = torch.linspace(-2.0, 2.0, steps=256)[:, None]
targets = inputs * 3 + 0.7 + torch.randn_like(inputs) * 0.2


class SimpleLinear(torch.nn.Module):
    def __init__(self):
        super(SimpleLinear, self).__init__()
        self.fc = torch.nn.Linear(1, 1)

    def forward(self, values):
        return self.fc(values)


def main():
    model = SimpleLinear()
    sgd = torch.optim.SGD(model.parameters(), lr=5e-2)
    error = torch.nn.functional.mse_loss(model(inputs), targets)
    error.backward()
    sgd.step()
    torch.save(model.state_dict(), "line.pth")
    return error, model


loss_25, trained = main()
w_25, b_25 = trained.fc.weight, trained.fc.bias
copy = SimpleLinear()
copy.load_state_dict(torch.load("line.pth", weights_only=True))
predictions_25 = np.array([[copy(torch.tensor([v])).item()] for v in (-1.5, 0.0, 1.5)])
