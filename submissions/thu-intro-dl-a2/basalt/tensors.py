import torch

torch.manual_seed(2024)

# 2.1, integers are easier to check by eye
A21 = torch.randint(0, 10, (5, 5))
B21 = torch.randint(0, 10, (5, 5))
add_2_1 = torch.add(A21, B21)
sub_2_1 = torch.sub(A21, B21)
elementwise_2_1 = torch.mul(A21, B21)
matmul_2_1 = torch.mm(A21, B21)

# 2.2
A22 = torch.randn(6, 4)
reshaped_2_2 = torch.flatten(A22).tolist()
subset_2_2 = A22[torch.arange(1, 5)][:, [1, 2]].numpy()

# 2.3
A23 = torch.randn(3, 3, dtype=torch.float64, requires_grad=True)
factor = torch.tensor([[1, 0, 2], [1, 1, 0], [0, 3, 1]], dtype=torch.float64)
C23 = torch.mul(A23, factor)
S23 = torch.sum(C23).item()
(grad_2_3,) = torch.autograd.grad((A23 * factor).sum(), A23)
A23 = A23.detach()
