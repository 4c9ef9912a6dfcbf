namespace Widget.Admin.Forms;

/// <summary>An entry of a list to choose from.</summary>
/// <param name="Value">What is stored; empty for none.</param>
/// <param name="Label">What people read.</param>
public sealed record Choice(string Value, string Label);
