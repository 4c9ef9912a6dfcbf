using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>
/// A recording runs only while everybody in the call agrees. If somebody declines before it starts, it fails. After that, somebody who
/// declines, or who joins and has not answered yet, pauses it until they agree or leave.
/// </summary>
internal static class RecordingConsent
{
    /// <summary>Whether everybody in the call has agreed.</summary>
    public static bool IsGivenByEverybody(IEnumerable<RoomParticipant> participants) =>
        participants.Where(participant => participant.State == RoomPresence.In).All(participant => participant.Consent == true);

    /// <summary>The room's facts after somebody has come in, left or answered; null if nothing changes.</summary>
    public static RoomFacts? Next(LockedRoom room)
    {
        if (room.Facts.Recording is not { } recording) return null;
        var agreed = IsGivenByEverybody(room.Participants);
        var isRefused = room.Participants.Any(participant => participant is { State: RoomPresence.In, Consent: false });
        var next = (recording.State, agreed) switch
        {
            (RecordingState.WaitingForConsent, _) when isRefused => RecordingState.Failed,
            (RecordingState.WaitingForConsent or RecordingState.Paused, true) => RecordingState.Recording,
            (RecordingState.Recording, false) => RecordingState.Paused,
            var (state, _) => state,
        };
        if (next == recording.State) return null;
        return room.Facts with
        {
            Recording = recording with
            {
                State = next,
                StartedAt = recording.StartedAt ?? (agreed ? room.Now : null),
                PausedAt = next == RecordingState.Paused ? room.Now : null,
            },
        };
    }
}
