using Widget.Api.Rooms;
using Widget.Contracts;

namespace Widget.Api.Tests.Rooms;

public sealed class RoomFoldShould
{
    [Fact]
    public void Give_the_same_state_for_a_log_that_is_shuffled_doubled_and_has_gaps()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var log = Call(random);
            var expected = StateOf(log);
            // The last event of each subject is in the log when a page has caught up. Any of the others may be missing.
            var last = log.GroupBy(SubjectOf, StringComparer.Ordinal).Select(events => events.MaxBy(entry => entry.Seq)!).ToHashSet();
            var received = log.Where(entry => last.Contains(entry) || random.Next(3) > 0)
                .SelectMany(entry => Enumerable.Repeat(entry, random.Next(1, 4)))
                .ToArray();
            random.Shuffle(received);

            StateOf(received).ShouldBe(expected, $"with seed {seed}");
        }
    }

    [Fact]
    public void Not_go_back_when_an_old_event_comes_late()
    {
        var log = Call(new Random(7));
        var state = new RoomFold();
        foreach (var entry in log) state.Add(entry);

        log.ShouldAllBe(entry => !state.Add(entry));
    }

    // A call of up to four people: they come, go, lose their connection, are muted and removed, and the call may end.
    private static List<RoomEvent> Call(Random random)
    {
        var people = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Guid.NewGuid()).ToArray();
        var known = new Dictionary<Guid, RoomParticipant>();
        var facts = new RoomFacts { State = RoomOpenState.Open, ExpiresAt = DateTimeOffset.UnixEpoch.AddHours(2), Transport = "peer" };
        var log = new List<RoomEvent>();
        RoomEvent Next(string kind) => new()
        {
            Seq = log.Count + 1,
            Id = Guid.NewGuid(),
            At = DateTimeOffset.UnixEpoch.AddSeconds(log.Count),
            Kind = kind,
        };
        log.Add(Next("created") with { Room = facts });
        for (var i = random.Next(5, 60); i > 0; i--)
        {
            if (random.Next(8) == 0)
            {
                facts = facts with { Avatar = new RoomAvatar((RoomAvatarState)random.Next(6), "tavus") };
                log.Add(Next("avatar") with { Room = facts });
                continue;
            }

            if (random.Next(20) == 0)
            {
                facts = facts with { Transport = "livekit" };
                log.Add(Next("transport") with { Room = facts });
                continue;
            }

            var id = people[random.Next(people.Length)];
            var person = known.GetValueOrDefault(id)
                ?? new RoomParticipant { Id = id, Name = "A", Role = RoomRole.Guest, State = RoomPresence.Waiting, Order = log.Count + 1 };
            var (kind, next) = random.Next(6) switch
            {
                0 => ("joined", person with { State = RoomPresence.In, Connected = true, Connection = Guid.NewGuid() }),
                1 => ("left", person with { State = RoomPresence.Left, Connected = false }),
                2 => ("disconnected", person with { Connected = false, LostAt = DateTimeOffset.UnixEpoch.AddSeconds(log.Count) }),
                3 => ("muted", person with { Microphone = false, MutedByHost = true }),
                4 => ("media", person with { Microphone = random.Next(2) == 0, Camera = random.Next(2) == 0 }),
                _ => ("removed", person with { State = RoomPresence.Removed, Connected = false }),
            };
            known[id] = next;
            log.Add(Next(kind) with { Participant = next });
        }

        if (random.Next(2) == 0)
            log.Add(Next("ended") with { Room = facts with { State = RoomOpenState.Ended, EndReason = "ended" } });
        return log;
    }

    private static string SubjectOf(RoomEvent entry) => entry.Participant?.Id.ToString() ?? "room";

    private static string StateOf(IEnumerable<RoomEvent> events)
    {
        var state = new RoomFold();
        foreach (var entry in events) state.Add(entry);
        return System.Text.Json.JsonSerializer.Serialize(new { state.Participants, state.Facts });
    }
}
