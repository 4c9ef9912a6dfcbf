namespace Widget.Admin.Forms;

/// <summary>Names the texts of form parts (FormTexts.resx).</summary>
public sealed class FormTexts;
