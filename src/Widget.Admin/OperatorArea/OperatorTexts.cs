namespace Widget.Admin.OperatorArea;

/// <summary>Names the texts of the operator area (OperatorTexts.resx).</summary>
public sealed class OperatorTexts;
