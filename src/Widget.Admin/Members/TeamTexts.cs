namespace Widget.Admin.Members;

/// <summary>Names the texts of the team's page (TeamTexts.resx).</summary>
public sealed class TeamTexts;
