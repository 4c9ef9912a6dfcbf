namespace Widget.Admin.Agents;

/// <summary>Names the texts of the page about agents (AgentTexts.resx).</summary>
public sealed class AgentTexts;
