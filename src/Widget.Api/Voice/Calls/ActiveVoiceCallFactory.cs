using Widget.Api.Voice.Dialogue;

namespace Widget.Api.Voice.Calls;

/// <summary>Creates calls that this node runs.</summary>
public sealed class ActiveVoiceCallFactory(
    VoiceBus bus,
    VoiceCallLog log,
    VoiceCallTools tools,
    TimeProvider clock,
    ILogger<ActiveVoiceCallFactory> logger)
{
    /// <param name="call">The call's row.</param>
    /// <param name="dialogue">Creates the dialogue that runs the conversation.</param>
    internal ActiveVoiceCall Create(VoiceCall call, Func<IDialogueActions, IVoiceDialogue> dialogue) =>
        new(call, bus, log, tools, clock, logger, dialogue);
}
