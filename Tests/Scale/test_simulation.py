"""The simulation against queueing theory, whose formulas are in L. Kleinrock, Queueing Systems, volume 1 (1975), and
against what its rules say."""

import math
import random

import pytest
from scaling.arrivals import CURVES, DAY, ServiceTimes, arrivals, mixed
from scaling.simulation import Request, Scaling, Simulation, percentile

COUNT = 100_000


def poisson(rate, service, seed=1, count=COUNT):
    """Requests of one segment each, which arrive at a rate a second and take a time that `service` draws."""
    chance, time = random.Random(seed), 0.0
    for _ in range(count):
        time += chance.expovariate(rate)
        yield Request(time, [service(chance)])


def exponential(chance):
    return chance.expovariate(1)


def mean_wait(done):
    return sum(request.wait for request in done) / len(done)


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_one_lane_waits_as_in_m_m_1(load):
    done = Simulation(1, 1, max_queue=math.inf).run(poisson(load, exponential))
    assert mean_wait(done) == pytest.approx(load / (1 - load), rel=0.05)
    # The response time is exponential with the rate 1 - load.
    for part in 0.5, 0.95:
        expected = -math.log(1 - part) / (1 - load)
        assert percentile([request.response for request in done], part) == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_equal_recordings_wait_half_as_long_as_in_m_d_1(load):
    """The formula of Pollaczek and Khinchine."""
    done = Simulation(1, 1, max_queue=math.inf).run(poisson(load, lambda _: 1))
    assert mean_wait(done) == pytest.approx(load / (2 * (1 - load)), rel=0.05)


@pytest.mark.parametrize("lanes", [2, 8])
def test_lanes_wait_as_in_m_m_c(lanes):
    """Erlang's C formula."""
    load = 0.8
    offered = lanes * load
    last = offered**lanes / math.factorial(lanes) / (1 - load)
    waits = last / (sum(offered**n / math.factorial(n) for n in range(lanes)) + last)
    done = Simulation(1, lanes, max_queue=math.inf).run(poisson(offered, exponential))
    assert sum(request.wait > 0 for request in done) / COUNT == pytest.approx(waits, rel=0.04)
    assert mean_wait(done) == pytest.approx(waits / (lanes - offered), rel=0.06)


@pytest.mark.parametrize("room", [1, 4])
def test_a_full_node_refuses_as_in_m_m_1_k(room):
    load = 0.9
    done = Simulation(1, 1, max_queue=room).run(poisson(load, exponential))
    refused = sum(request.ended is None for request in done) / COUNT
    assert refused == pytest.approx((1 - load) * load**room / (1 - load ** (room + 1)), rel=0.04)


def test_two_nodes_wait_longer_than_one_with_two_lanes_but_less_than_apart():
    """The balancer does not know how much work a request is."""
    one = mean_wait(Simulation(1, 2, max_queue=math.inf).run(poisson(1.6, exponential)))
    two = mean_wait(Simulation(2, 1, max_queue=math.inf).run(poisson(1.6, exponential)))
    apart = mean_wait(Simulation(1, 1, max_queue=math.inf).run(poisson(0.8, exponential)))
    assert one < two < apart


def test_lanes_share_a_long_recording_and_take_short_ones_first():
    long, short = Request(0, [1.0] * 10, is_long=True), Request(2.5, [1.0])
    Simulation(1, 2).run([long, short])
    assert (long.ended, short.begun, short.ended) == (6, 3, 4)


def test_a_recording_that_is_alone_is_decoded_faster():
    first, second = Request(0, [1.0], alone=0.5), Request(0.25, [1.0], alone=0.5)
    Simulation(1, 2).run([first, second])
    assert (first.ended, second.ended) == (0.5, 1.25)


def test_nodes_start_when_work_waits_and_go_when_none_does():
    """60 s of work arrive at once, of which 45 are left at the first look: 5 nodes would bring it to the target, and
    within a minute two may be added."""
    simulation = Simulation(1, 1, scaling=Scaling(target=10, most=20, poll=15, start=60, settle=300, down=1))
    requests = [Request(0, [1.0]) for _ in range(60)] + [Request(1000 + second, [1.0]) for second in range(10)]
    simulation.run(requests)
    assert simulation.history[1] == (15 + 60, 3)
    assert [count for _, count in simulation.history][-3:] == [3, 2, 1] and 300 < simulation.history[-1][0] < 500


def test_only_some_nodes_come_and_go_in_a_minute():
    simulation = Simulation(4, 1, max_queue=math.inf, scaling=Scaling(settle=0, down=2))
    simulation.run([Request(0, [1.0]) for _ in range(5000)])
    assert simulation.history[1:3] == [(75, 8), (135, 16)]
    ends = [time for (_, before), (time, count) in zip(simulation.history, simulation.history[1:]) if count < before]
    assert ends and all(sum(time - 60 < other <= time for other in ends) <= 2 for time in ends)


def test_no_recording_is_lost_when_nodes_come_and_go():
    times = ServiceTimes((5, 15), (0.5, 1.5), (0.3, 1.0))
    requests = arrivals("burst", 7200, 0.8, mixed(10), times, seed=3)
    simulation = Simulation(1, 2, max_queue=1000, scaling=Scaling(target=5, most=50))
    done = simulation.run(requests)
    assert all(request.ended is not None for request in done)
    assert max(count for _, count in simulation.history) > 2


def test_service_times_are_those_that_were_measured():
    times = ServiceTimes((5, 15), (0.5, 1.5), (0.25, 1.0))
    assert times.request(0, 5).segments == [0.5] and times.request(0, 5).alone == 0.5
    assert times.request(0, 10).segments == [pytest.approx(1.0)]
    hour = times.request(0, 3600)
    assert (len(hour.segments), sum(hour.segments), hour.is_long) == (240, pytest.approx(360), True)


@pytest.mark.parametrize("name, mean", [("constant", 1), ("daily", 1), ("burst", 1 + 9 * 600 / DAY)])
def test_curves_have_their_mean_and_stay_below_their_highest(name, mean):
    curve, highest = CURVES[name]
    values = [curve(second) for second in range(DAY)]
    assert sum(values) / DAY == pytest.approx(mean) and max(values) == pytest.approx(highest)
