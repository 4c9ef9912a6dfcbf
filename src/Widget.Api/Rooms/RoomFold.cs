using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>
/// The state of a room, as its log gives it. Each event has the complete participant or room after it, so the event with the largest seq
/// of each decides, and events that are repeated, in another order, or older than the last one of their subject change nothing.
/// </summary>
internal sealed class RoomFold
{
    private readonly Dictionary<Guid, (int Seq, RoomParticipant Participant)> _participants = [];
    private (int Seq, RoomFacts? Facts) _room;

    public RoomFacts? Facts => _room.Facts;

    /// <summary>In the order in which they came first.</summary>
    public IReadOnlyList<RoomParticipant> Participants =>
        [.. _participants.Values.Select(entry => entry.Participant).OrderBy(participant => participant.Order)];

    /// <summary>Whether somebody has joined over the hub, and not only at LiveKit.</summary>
    public bool UsesHub => _participants.Values.Any(entry => entry.Participant.IsAtHub);

    public RoomParticipant? Find(Guid id) => _participants.TryGetValue(id, out var found) ? found.Participant : null;

    /// <summary>Adds an event.</summary>
    /// <returns>Whether it changed the state.</returns>
    public bool Add(RoomEvent entry)
    {
        var changed = false;
        if (entry.Participant is { } participant
            && (!_participants.TryGetValue(participant.Id, out var known) || known.Seq < entry.Seq))
        {
            _participants[participant.Id] = (entry.Seq, participant);
            changed = true;
        }

        if (entry.Room is { } facts && (_room.Facts is null || _room.Seq < entry.Seq))
        {
            _room = (entry.Seq, facts);
            changed = true;
        }

        return changed;
    }
}
