namespace Widget.Admin.Evaluation;

/// <summary>Names the texts of the pages about evaluation.</summary>
public sealed class EvaluationTexts;
