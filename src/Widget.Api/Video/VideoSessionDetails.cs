namespace Widget.Api.Video;

/// <summary>What the page sent with its request for a call. The call may be opened later, when a slot is free.</summary>
/// <param name="Page">The address of the page.</param>
/// <param name="Locale">The visitor's language; null when unknown.</param>
/// <param name="AgentName">The avatar's name in this call; null for the usual one.</param>
/// <param name="AgentInstructions">What the agent of the conversation is told, besides its persona; null for nothing.</param>
public sealed record VideoSessionDetails(string? Page, string? Locale, string? AgentName = null, string? AgentInstructions = null);
