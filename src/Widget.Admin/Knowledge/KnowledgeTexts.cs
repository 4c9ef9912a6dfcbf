namespace Widget.Admin.Knowledge;

/// <summary>Names the texts of the pages about knowledge.</summary>
public sealed class KnowledgeTexts;
