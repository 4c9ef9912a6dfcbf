namespace Widget.Admin.Onboarding;

/// <summary>Names the texts of the first steps of a new company (OnboardingTexts.resx).</summary>
public sealed class OnboardingTexts;
