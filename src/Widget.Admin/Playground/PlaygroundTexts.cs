namespace Widget.Admin.Playground;

/// <summary>Names the texts of the playground.</summary>
public sealed class PlaygroundTexts;
