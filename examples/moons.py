"""Two moons: a network learns which one each point belongs to, by the program of the lecture.

The loss over all points is written out number by number, and lifted to a few array operations.
"""

from pathlib import Path

from glassgrad import MLP, lift
from glassgrad.data import moons
from glassgrad.draw import plot_boundary

PICTURES = Path(__file__).parent / "output"


def main(steps=200, learning_rate=1.0, pictures=PICTURES):
    """Train, print the loss and how many points are right, draw the boundary."""
    points = moons(100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], activation="relu", seed=1)

    # The hinge loss of each point, then their mean, then a price on large weights.
    scores = [model([x, y]) for (x, y), _ in points]
    losses = []
    for score, (_, label) in zip(scores, points, strict=True):
        sign = 1.0 if label == 1 else -1.0
        losses.append((1 - sign * score).relu())
    data_loss = sum(losses) * (1 / len(losses))
    weight_loss = 1e-4 * sum(p * p for p in model.parameters())
    loss = data_loss + weight_loss

    program = lift(loss, wrt=model)
    print(program)

    # Gradient descent on all parameters at once: theta is one array.
    theta = program.theta()
    history = []
    for step in range(steps):
        value, slope = program.value_and_grad(theta)
        history.append(value)
        theta -= learning_rate * (1 - 0.9 * step / steps) * slope
        if step % 20 == 0:
            print(f"step {step:3}  loss {value:.4f}")
    history.append(program(theta))

    program.update(theta)  # the network has the numbers now
    right = sum((model(row).data > 0) == (label == 1) for row, label in points)
    print(f"after {steps} steps: loss {history[-1]:.4f}, {right} of {len(points)} points right")

    pictures.mkdir(parents=True, exist_ok=True)
    plot_boundary(model, points).savefig(pictures / "moons.png", dpi=100)
    return {"history": history, "accuracy": right / len(points), "operations": len(program)}


if __name__ == "__main__":
    main()
