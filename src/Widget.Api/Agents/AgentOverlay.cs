using System.Text;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Agents;

/// <summary>
/// Lays an agent over a tenant's settings. Everything that reads the settings of a conversation then talks as the agent: answers in text,
/// spoken replies, realtime calls and the avatar.
/// </summary>
internal static class AgentOverlay
{
    private const int MaxIntroductionLength = 300;

    // https://platform.openai.com/docs/guides/realtime-conversations: "Voice options". Other providers' ids would be refused there.
    private static readonly HashSet<string> RealtimeVoices =
        new(["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"], StringComparer.Ordinal);

    public static TenantSettings Apply(TenantSettings settings, AgentRow agent, string? portrait) => settings with
    {
        AgentName = agent.Name,
        AgentInstructions = Instructions(settings.AgentInstructions, agent),
        Greeting = agent.Greeting,
        Introduction = agent.Description is { } text ? Truncation.Truncate(text, MaxIntroductionLength) : settings.Introduction,
        // The company's greetings and introductions may name its own assistant.
        Translations = settings.Translations.ToDictionary(
            entry => entry.Key,
            entry => entry.Value with
            {
                Greeting = null,
                Introduction = agent.Description is null ? entry.Value.Introduction : null,
            },
            StringComparer.Ordinal),
        Theme = settings.Theme with { PortraitUrl = portrait },
        Speech = agent.VoiceId is { } voice ? settings.Speech with { Voice = voice } : settings.Speech,
        Voice = RealtimeVoiceOf(agent) is { } spoken ? settings.Voice with { Voice = spoken } : settings.Voice,
        TavusReplicaId = agent.TavusReplicaId ?? settings.TavusReplicaId,
        TavusPersonaId = agent.TavusPersonaId ?? settings.TavusPersonaId,
    };

    private static string? RealtimeVoiceOf(AgentRow agent) =>
        agent.RealtimeVoice ?? (agent.VoiceId is { } id && RealtimeVoices.Contains(id) ? id : null);

    /// <summary>Returns the agent's own instructions with its personality. Null if it has none.</summary>
    public static string? Instructions(AgentRow agent) => Instructions(ofSettings: null, agent);

    private static string? Instructions(string? ofSettings, AgentRow agent)
    {
        var text = new StringBuilder(agent.Instructions ?? ofSettings);
        if (agent.Personality is { } personality)
        {
            if (text.Length > 0) text.AppendLine().AppendLine();
            text.Append("Your personality: ").Append(personality);
        }

        return text.Length > 0 ? text.ToString() : null;
    }
}
