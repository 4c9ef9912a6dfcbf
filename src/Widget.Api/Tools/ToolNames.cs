namespace Widget.Api.Tools;

/// <summary>The names of tools that other features know.</summary>
public static class ToolNames
{
    public const string SearchKnowledge = "search_knowledge";

    public const string EndConversation = "end_conversation";
}
